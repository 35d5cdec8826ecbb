/** Seeds that once failed, by what was wrong. The story of a seed changes with the world, so that each was kept as a test of its own part too. */
export const REGRESSIONS: readonly (readonly [what: string, seed: number])[] = [
  ['a node that was replaced during an outage was removed in place of its predecessor', 1016],
  ['a service was removed by a deadline that had been edited during an outage', 68],
  ['a node that answered while its removal was prepared was removed all the same', 3],
  ['a node was removed by the time of its predecessor, for the slower of two watches was taken for a reset', 787],
  [
    'a node was removed by a time that Consul had lost, for it was registered again at the index of its predecessor',
    353,
  ],
  ['a removal that met the list written for the sake of another removal was called late', 1734],
  [
    'a node was not removed, for a slow read of its failure time was believed beside the write that came after it',
    3396,
  ],
  [
    'a removal was called early by a time that an instance with an old view of the catalog had written over the first',
    27,
  ],
];
