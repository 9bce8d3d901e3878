/** A file as the contracts carry images: `data:image/png;base64,…`. `type`: instead of what the browser says. */
export async function dataUri(file: File, type = file.type): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  // a call takes only so many arguments
  for (let start = 0; start < bytes.length; start += 32_768) text += String.fromCharCode(...bytes.subarray(start, start + 32_768))
  return `data:${type};base64,${btoa(text)}`
}
