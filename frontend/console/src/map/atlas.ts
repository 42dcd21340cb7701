/** The signs of cases and devices, drawn once for a theme into one picture that the graphics card keeps. */
import { h, render, type Component } from 'vue'
import { MAJOR_ICONS, PLAIN_ICON } from '@/lib/category-icons'
import { rgba, type Tokens } from '@/theme/tokens'

const CELL = 96
const MIDDLE = CELL / 2
const GLYPH = 46
const URGENCIES = [1, 2, 3]
const MAJORS = Object.keys(MAJOR_ICONS)
const PLAIN = 'plain'
const DEVICE_STATES = ['online', 'alarm', 'offline']
const RING_STEPS = 8
const MOVERS = [['person', 'person'], ['device', 'person'], ['vehicle', 'vehicle'], ['heading', 'vehicle']] as const

export interface Sign {
  x: number
  y: number
  width: number
  height: number
}

export interface Atlas {
  picture: HTMLCanvasElement
  signs: Record<string, Sign>
}

/** A case that only waits to be inspected has a hollow sign. */
export const caseSign = (urgency: number, major: string, hollow: boolean): string =>
  `${hollow ? 'hollow' : 'solid'}/${urgency}/${major in MAJOR_ICONS ? major : PLAIN}`
export const deviceSign = (status: string): string => `device/${status}`
/** Vehicles point where they go, if that is known. */
export const moverSign = (type: string, heads: boolean): string => `mover/${type === 'vehicle' && heads ? 'heading' : type}`
/** The ring of a cluster, with the share of urgent cases in it, rounded up. */
export const ringSign = (urgent: number, count: number): string => `ring/${Math.ceil((urgent / count) * RING_STEPS)}`

export async function drawAtlas(tokens: Tokens): Promise<Atlas> {
  const sheet = new Sheet(MAJORS.length + 1, 2 * URGENCIES.length + 3)
  for (const urgency of URGENCIES) {
    const fill = [tokens.routine, tokens.urgent, tokens.critical][urgency - 1]!
    await drawCases(sheet, 'solid', urgency, fill, tokens.page, inkOn(fill))
    await drawCases(sheet, 'hollow', urgency, tokens.surface, fill, fill)
  }
  for (const status of DEVICE_STATES) device(sheet.cell(deviceSign(status)), status, tokens)
  sheet.nextRow()
  for (let step = 0; step <= RING_STEPS; step++) ring(sheet.cell(`ring/${step}`), step / RING_STEPS, tokens)
  sheet.nextRow()
  for (const [name, fill] of MOVERS) mover(sheet.cell(`mover/${name}`), name, tokens[fill], tokens.page)
  return { picture: sheet.picture, signs: sheet.signs }
}

/** Cells in rows on one picture. */
class Sheet {
  readonly picture = document.createElement('canvas')
  readonly signs: Record<string, Sign> = {}
  private readonly pen: CanvasRenderingContext2D
  private column = 0
  private row = 0

  constructor(columns: number, rows: number) {
    this.picture.width = CELL * columns
    this.picture.height = CELL * rows
    this.pen = this.picture.getContext('2d')!
  }

  /** The pen, moved to a new cell of this name. */
  cell(name: string): CanvasRenderingContext2D {
    const x = this.column++ * CELL
    const y = this.row * CELL
    this.signs[name] = { x, y, width: CELL, height: CELL }
    this.pen.setTransform(1, 0, 0, 1, x, y)
    return this.pen
  }

  nextRow(): void {
    this.column = 0
    this.row++
  }
}

async function drawCases(sheet: Sheet, form: string, urgency: number, fill: string, edge: string, ink: string): Promise<void> {
  const size = urgency === 1 ? GLYPH - 6 : GLYPH
  for (const major of [...MAJORS, PLAIN]) {
    const glyph = await glyphOf(MAJOR_ICONS[major] ?? PLAIN_ICON, ink, size)
    const pen = sheet.cell(`${form}/${urgency}/${major}`)
    outline(pen, urgency)
    paint(pen, fill, edge)
    pen.drawImage(glyph, MIDDLE - size / 2, MIDDLE - size / 2, size, size)
  }
  sheet.nextRow()
}

function ring(pen: CanvasRenderingContext2D, share: number, tokens: Tokens): void {
  const circle = (from: number, to: number, radius = 41): void => {
    pen.beginPath()
    pen.arc(MIDDLE, MIDDLE, radius, from, to)
  }
  const top = -Math.PI / 2
  circle(0, 2 * Math.PI, 44)
  pen.fillStyle = tokens.surface
  pen.fill()
  pen.lineWidth = 6
  pen.strokeStyle = tokens.lineStrong
  circle(0, 2 * Math.PI)
  pen.stroke()
  if (share === 0) return
  pen.strokeStyle = tokens.urgent
  circle(top, top + share * 2 * Math.PI)
  pen.stroke()
}

/** A circle, a rounded square, a diamond: urgency is told without colour too. */
function outline(pen: CanvasRenderingContext2D, urgency: number): void {
  pen.beginPath()
  if (urgency === 1) pen.arc(MIDDLE, MIDDLE, 38, 0, 2 * Math.PI)
  else if (urgency === 2) pen.roundRect(10, 10, 76, 76, 20)
  else {
    pen.save()
    pen.translate(MIDDLE, MIDDLE)
    pen.rotate(Math.PI / 4)
    pen.roundRect(-31, -31, 62, 62, 10)
    pen.restore()
  }
}

function paint(pen: CanvasRenderingContext2D, fill: string, edge: string): void {
  pen.lineWidth = 8
  pen.strokeStyle = edge
  pen.stroke()
  pen.fillStyle = fill
  pen.fill()
}

function device(pen: CanvasRenderingContext2D, status: string, tokens: Tokens): void {
  pen.beginPath()
  pen.roundRect(24, 24, 48, 48, 12)
  if (status === 'offline') {
    pen.lineWidth = 9
    pen.strokeStyle = tokens.text3
    pen.stroke()
    return
  }
  paint(pen, status === 'alarm' ? tokens.urgent : tokens.routine, tokens.page)
}

/** An arrowhead to the north; a disc for what has no direction. */
function mover(pen: CanvasRenderingContext2D, name: string, fill: string, edge: string): void {
  pen.beginPath()
  if (name === 'heading') {
    pen.moveTo(MIDDLE, 8)
    pen.lineTo(82, 84)
    pen.lineTo(MIDDLE, 66)
    pen.lineTo(14, 84)
    pen.closePath()
    pen.lineJoin = 'round'
  } else if (name === 'vehicle') pen.roundRect(20, 20, 56, 56, 10)
  else pen.arc(MIDDLE, MIDDLE, 28, 0, 2 * Math.PI)
  paint(pen, fill, edge)
}

/** Black or white, whichever is read better on a colour. */
function inkOn(fill: string): string {
  const [r, g, b] = rgba(fill)
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? '#10141a' : '#ffffff'
}

async function glyphOf(icon: Component, color: string, size: number): Promise<HTMLImageElement> {
  const host = document.createElement('div')
  render(h(icon, { color, size, strokeWidth: 2.1 }), host)
  const svg = host.innerHTML.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
  const image = new Image(size, size)
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`
  await image.decode()
  return image
}
