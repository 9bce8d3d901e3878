/* What follows from a portal's one brand colour, as the site computes it. */

export const DEFAULT_BRAND = '#1d5fd6'

/** `#rgb` or `#rrggbb`, the forms that the service takes. */
export const isColour = (text: string): boolean => /^#([\da-f]{6}|[\da-f]{3})$/i.test(text)

/** `#rgb` as `#rrggbb`. */
export function longForm(colour: string): string {
  return colour.length === 4 ? `#${[...colour.slice(1)].map((digit) => digit + digit).join('')}` : colour
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(longForm(colour).slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Contrast ratio of two colours, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** Black or white: whichever reads better on the brand colour. */
export function ink(brand: string): string {
  return contrast(brand, '#ffffff') >= contrast(brand, '#111111') ? '#fff' : '#111'
}

export function brandRule(brand: string): string {
  return `:root{--brand:${brand};--brand-ink:${ink(brand)}}`
}
