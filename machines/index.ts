/** The charts, for pictures, Stately and tests. */
export { assignmentMachine } from './assignment.ts';
export { checkMachine } from './check.ts';
export { daemonMachine } from './daemon.ts';
export { leadershipMachine } from './leadership.ts';
export { nodeMachine } from './node.ts';
export { registrationMachine } from './registration.ts';
export { sessionMachine } from './session.ts';
export { watchlistMachine } from './watchlist.ts';
export { writerMachine } from './writer.ts';
export type * from './model.ts';
