import { type Finder, matching } from './kind.ts';
import { digitsOf } from './numbers.ts';

/** Keys and passwords by the forms that their makers gave them, and by what stands before them. */
export const secrets: readonly Finder[] = [
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/,
  /\b(?:gh[opsur]_[A-Za-z0-9_.-]{10,}|github_pat_\w{20,}|glpat-[\w-]{16,}|sk-[A-Za-z0-9_-]{16,}|[rs]k_(?:live|test)_\w{10,}|A[KS]IA[A-Z0-9]{16}|AIza[\w-]{30,}|npm_\w{30,}|hf_\w{20,}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{10,}(?:\.[\w-]+){0,2})/,
  /\b(?:bearer|basic) (?<value>[A-Za-z0-9._~+/-]{20,}={0,2})/i,
  // https://user:password@host
  /:\/\/[^\s:@/]{1,64}:(?<value>[^\s:@/]{1,128})(?=@)/,
]
  .map((pattern) => matching('secret', pattern))
  .concat(
    matching(
      'secret',
      /(?<!\p{L})(?:password|passwd|pwd|passwort|kennwort|contraseña|mot de passe)["']?(?:\s{0,3}[:=]|\s{1,3}(?:is|ist|lautet|war|was|es|era|est|était)(?!\p{L})\s{0,2}:?)\s{0,3}["'“„«]?(?<value>[^\s"'“”„«»,;)]{5,64})/iu,
      // A sentence ends with some of these.
      (found) => /\d|[!@#$%^&*+=?]/.test(found.replace(/[!?]+$/, '')),
    ),
    // STRIPE_API_KEY=…, token: …
    matching(
      'secret',
      /(?<![\p{L}\p{N}])(?:[a-z0-9]{1,20}[_-]){0,3}(?:(?:api|access|auth|refresh|session|client|secret|private|signing|webhook|bearer)[ _-]?(?:key|token|secret)|session[ _-]?id|api-?schlüssel|clave api|clé api|secret|token)["']?\s{0,3}(?:[:=]|(?:is|ist|lautet|es|est)(?!\p{L}):?)\s{0,3}["']?(?<value>[a-z0-9_~+/.-]{12,200}={0,2})/iu,
      (found) => digitsOf(found).length >= 3 && /[a-z]/i.test(found),
    ),
  );
