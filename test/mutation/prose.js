/** Properties of a chart that people and the compiler read, and that nothing runs by. */
const PROSE = ['description', 'types'];

const isProse = (node) => node.type === 'ObjectProperty' && PROSE.includes(node.key.name);

/** A state that has a description and nothing else. */
const isMereProse = ({ type, properties }) =>
  type === 'ObjectExpression' && properties.length > 0 && properties.every(isProse);

/** Tells Stryker which parts of a chart are not worth mutating. */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'prose',
    value: {
      shouldIgnore: ({ node }) => (isProse(node) || isMereProse(node) ? 'Nothing runs by it.' : undefined),
    },
  },
];
