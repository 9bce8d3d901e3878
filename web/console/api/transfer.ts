/** Sends a request as `fetch` does, and tells how much of its body has gone out, from 0 to 1. */
export function transfer(url: string, init: RequestInit, progress: (share: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(init.method ?? 'GET', url)
    for (const [name, value] of new Headers(init.headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) progress(loaded / total)
    }
    request.onload = () => {
      const { status, statusText } = request
      const headers = new Headers()
      for (const line of request.getAllResponseHeaders().trim().split('\r\n')) {
        const colon = line.indexOf(':')
        if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim())
      }
      resolve(new Response(status === 204 ? null : request.responseText, { status, statusText, headers }))
    }
    request.onerror = () => reject(new TypeError('The request could not be sent.'))
    request.onabort = () => reject(new DOMException('The request was broken off.', 'AbortError'))
    init.signal?.addEventListener('abort', () => request.abort())
    request.send(init.body as XMLHttpRequestBodyInit)
  })
}
