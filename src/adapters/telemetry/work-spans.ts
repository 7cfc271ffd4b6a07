import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Doing, Observer } from '../../ports.ts';
import { type End, timed } from './end-of.ts';
import { type EndedSpan, OneWork } from './one-work.ts';

/** Where in the program something is done: in which work, under which span. */
interface Frame {
  readonly root: OneWork;
  readonly spanId: string;
}

const ROOTS = new Set(['engine.advance', 'engine.run']);
/** Calls that are few and take their time. Mere reading of facts and files is not told. */
const TOLD =
  /^(?:engine\.(?:take-fence|settle|put-off|wake-after-run)|loop\.[a-z-]+|ledger\.append|forge\.[A-Za-z]+|model\.complete|agent\.implement|sandbox\.run|suites\.[a-z]+|queue\.[A-Za-z]+|repository\.(?:fetch|push|checkout|importTree|merge))$/;
/** An id or a closed word: no space, no `@`, so never a sentence or an address. */
const ID = /^[\w.:/#-]{1,120}$/;

const spanId = (): string => randomBytes(8).toString('hex');

export interface WorkSpans {
  readonly observer: Observer;
  /** Notes a call of GitHub’s API that ended just now, under whatever is being done at this place. */
  noteCall(method: string, route: string, status: number | null): void;
  /** The trace of what is being done at this place, as far as known. */
  here(): string | undefined;
}

/** Does the work as one span. `parent` null: right below the span of the acceptance. */
function follow<T>(
  storage: AsyncLocalStorage<Frame>,
  { point, what }: Pick<Doing, 'what'> & { point: string },
  frame: Frame,
  parent: string | null,
  work: () => Promise<T>,
): Promise<T> {
  const { root, spanId } = frame;
  const from = Date.now();
  const attributes = {
    'corrigible.rejection': root.rejection,
    ...(what !== undefined && ID.test(what) ? { 'corrigible.what': what } : {}),
  };
  const told = (end: End, seconds: number) =>
    root.hold(({ traceId, spanId: top }) => {
      const to = from + seconds * 1000;
      return { traceId, spanId, parent: parent ?? top, name: point, from, to, end, attributes };
    });
  return storage.run(frame, () => timed(work, told));
}

/** Turns what is observed into spans: one root per advance or run, below the span of the acceptance it serves. */
export function workSpans(tell: (span: EndedSpan) => void): WorkSpans {
  const storage = new AsyncLocalStorage<Frame>();

  const begin = async <T>(point: string, doing: Doing, work: () => Promise<T>): Promise<T> => {
    const { rejection, what } = doing;
    if (!ROOTS.has(point) || rejection === undefined || !ID.test(rejection)) return work();
    const root = new OneWork(rejection, point === 'engine.run', tell);
    try {
      return await follow(storage, { point, ...(what && { what }) }, { root, spanId: spanId() }, null, work);
    } finally {
      root.end();
    }
  };

  const around: Observer['around'] = async (point, doing, work) => {
    const current = storage.getStore();
    if (current === undefined) return begin(point, doing, work);
    if (point === 'ledger.read') {
      const facts = await work();
      current.root.learn(facts);
      return facts;
    }
    if (!TOLD.test(point)) return work();
    return follow(storage, { point, ...doing }, { root: current.root, spanId: spanId() }, current.spanId, work);
  };

  return {
    observer: { around },
    noteCall: (method, route, status) => {
      const frame = storage.getStore();
      if (frame === undefined) return;
      const at = Date.now();
      const attributes = {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status ?? 0,
      };
      const own = { spanId: spanId(), parent: frame.spanId, name: 'github.call', from: at, to: at, attributes };
      const end: End = status === null || status >= 500 ? 'weather' : 'done';
      frame.root.hold(({ traceId }) => ({ ...own, traceId, end }));
    },
    here: () => storage.getStore()?.root.trace,
  };
}
