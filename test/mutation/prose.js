/** Properties of a chart that people and the compiler read, and that nothing runs by. */
const PROSE = ['description', 'types'];

/** Tells Stryker which parts of a chart are not worth mutating. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'prose',
    value: {
      shouldIgnore: ({ node }) =>
        node.type === 'ObjectProperty' && PROSE.includes(node.key.name)
          ? `Nothing runs by the ${node.key.name}.`
          : undefined,
    },
  },
];
