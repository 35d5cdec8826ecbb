/** The elements of the page. */

/** The element with this id. Throws when the page has none of that kind: page and program do not fit. */
export const byId = <Kind extends Element>(id: string, kind: new () => Kind): Kind => {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${id}`);
};

/** A new element with a class and what is in it; texts are texts, never markup. */
export const make = (name: string, className: string, ...content: readonly (Node | string)[]): HTMLElement => {
  const made = document.createElement(name);
  made.className = className;
  made.append(...content);
  return made;
};
