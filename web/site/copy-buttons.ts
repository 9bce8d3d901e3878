/** A button that copies, at each block of code. The clipboard needs a secure context; without one, no button. */
export function copyButtons(root: ParentNode): void {
  if (!navigator.clipboard) {
    return
  }
  root.querySelectorAll<HTMLElement>('.prose pre').forEach((block) => {
    const frame = document.createElement('div')
    frame.className = 'code-frame'
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy-button'
    button.textContent = 'Copy'
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(block.innerText)
      button.textContent = 'Copied'
      setTimeout(() => (button.textContent = 'Copy'), 2000)
    })
    // A block that scrolls sideways has to be reachable with the keyboard.
    block.tabIndex = 0
    block.replaceWith(frame)
    frame.append(block, button)
  })
}
