import type { AgentEvent } from '../agent-event.ts';
import { transcript as say } from '../messages/transcript.ts';

/** What is kept of the beginning and the end of a long text. */
const FIRST = 10_000;
const LAST = 4_000;
/** More of a text's beginning and end is not looked at. */
const LOOKED_AT = 40_000;
/** What was cut through at an edge may be half of something personal that nothing recognises any more. */
const EDGE = 500;

/** A text without what is personal or secret; of a long one its beginning and its end. */
export function shownText(text: string, redact: (text: string) => string): string {
  const redacted = text.length <= LOOKED_AT ? redact(text) : null;
  if (redacted !== null && redacted.length <= FIRST + LAST) return redacted;
  const first = redacted ?? redact(text.slice(0, LOOKED_AT)).slice(0, -EDGE);
  const last = redacted ?? redact(text.slice(-LOOKED_AT)).slice(EDGE);
  const left = (redacted ?? text).length - FIRST - LAST;
  return `${first.slice(0, FIRST)}\n${say.leftOut(left)}\n${last.slice(-LAST)}`;
}

/** An event as it is kept and shown. */
export function shownEvent(event: AgentEvent, redact: (text: string) => string): AgentEvent {
  const shown = (text: string) => shownText(text, redact);
  switch (event.is) {
    case 'called':
      return { ...event, paths: event.paths.slice(0, 50).map(shown), input: shown(event.input) };
    case 'spent':
      return event;
    default:
      return { ...event, text: shown(event.text) };
  }
}
