import type { Defence } from './defence.ts';
import { agents } from './table/agents.ts';
import { approval } from './table/approval.ts';
import { bounds } from './table/bounds.ts';
import { clearance } from './table/clearance.ts';
import { closed } from './table/closed.ts';
import { gateway, spending } from './table/gateway.ts';
import { oracle } from './table/oracle.ts';
import { prepare } from './table/prepare.ts';
import { replay } from './table/replay.ts';
import { held, sandbox } from './table/sandbox.ts';
import { stops } from './table/stops.ts';
import { verdict } from './table/verdict.ts';

/** Every defence with the tests that notice when it is gone, in the order of the invariants. */
export const defences: readonly Defence[] = [
  ...approval,
  ...clearance,
  ...agents,
  ...gateway,
  ...sandbox,
  ...oracle,
  ...verdict,
  ...replay,
  ...bounds,
  ...spending,
  ...held,
  ...closed,
  ...stops,
  ...prepare,
];
