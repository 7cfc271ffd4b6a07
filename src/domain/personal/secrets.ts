import { type Finder, matching } from './kind.ts';

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
      /(?<!\p{L})(?:password|passwd|pwd|passwort|kennwort|contraseña|mot de passe)["']?\s{0,3}(?:[:=]|is|ist|es|est)\s{0,3}["']?(?<value>[^\s"',;)]{5,64})/iu,
      (found) => /\d|[!@#$%^&*+=?]/.test(found),
    ),
  );
