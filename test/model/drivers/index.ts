/** The failures that matter. */
import { checkEdited } from './check-edited.ts';
import { flapping } from './flapping.ts';
import { lostSession } from './lost-session.ts';
import { membership } from './membership.ts';
import { nodeAway } from './node-away.ts';
import { outage } from './outage.ts';
import { splitLeadership } from './split-leadership.ts';
import { writeConflict } from './write-conflict.ts';

export const SCENARIOS = [
  outage,
  lostSession,
  splitLeadership,
  membership,
  nodeAway,
  checkEdited,
  writeConflict,
  flapping,
];
