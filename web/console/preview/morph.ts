/*
 * Makes what a page shows into what it should show by changing as little as can be: what stays the same keeps its
 * place, its loaded images, what is open and what is selected.
 */

/** What an element was before a script enhanced it. */
const plain = new WeakMap<Node, Node>()

/** Enhances elements once, remembering what they were. */
export function enhanceOnce<E extends Element>(elements: Iterable<E>, enhance: (element: E) => void): void {
  for (const element of elements) {
    if (plain.has(element)) continue
    plain.set(element, element.cloneNode(true))
    enhance(element)
  }
}

export function morph(shown: ParentNode & Node, wanted: ParentNode & Node): void {
  const old = [...shown.childNodes]
  const fresh = [...wanted.childNodes]
  let start = 0
  while (start < old.length && start < fresh.length && isSame(old[start]!, fresh[start]!)) start += 1
  let end = 0
  while (
    end < old.length - start &&
    end < fresh.length - start &&
    isSame(old[old.length - 1 - end]!, fresh[fresh.length - 1 - end]!)
  ) {
    end += 1
  }
  const removed = old.slice(start, old.length - end)
  const added = fresh.slice(start, fresh.length - end)
  const after = old[old.length - end] ?? null
  removed.forEach((node, index) => {
    const next = added[index]
    if (next && isAlike(node, next)) become(node, next)
    else if (next) node.parentNode!.replaceChild(next, node)
    else node.parentNode!.removeChild(node)
  })
  for (const node of added.slice(removed.length)) shown.insertBefore(node, after)
}

function isSame(shown: Node, wanted: Node): boolean {
  return (plain.get(shown) ?? shown).isEqualNode(wanted)
}

/** Can the one be made into the other without replacing it? */
function isAlike(shown: Node, wanted: Node): boolean {
  return shown.nodeType === wanted.nodeType && shown.nodeName === wanted.nodeName && !plain.has(shown)
}

function become(shown: Node, wanted: Node): void {
  if (!(shown instanceof Element) || !(wanted instanceof Element)) {
    shown.nodeValue = wanted.nodeValue
    return
  }
  // whoever looks at the preview has opened or closed it
  const kept = shown instanceof HTMLDetailsElement ? 'open' : ''
  for (const { name } of [...shown.attributes]) if (name !== kept && !wanted.hasAttribute(name)) shown.removeAttribute(name)
  for (const { name, value } of wanted.attributes) {
    if (name !== kept && shown.getAttribute(name) !== value) shown.setAttribute(name, value)
  }
  morph(shown, wanted)
}
