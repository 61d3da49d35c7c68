// cast.js - plays an asciicast to its end with asciinema-player, and compares what it shows with a screen:
// node cast.js FILM.cast SCREEN.txt. The player draws block elements on a canvas: they are blanks in its text.
const fs = require('fs')
const { JSDOM, VirtualConsole } = require('jsdom')

const { window } = new JSDOM('<!DOCTYPE html><body><div id="player"></div>', {
  pretendToBeVisual: true, runScripts: 'outside-only', url: 'http://localhost/', virtualConsole: new VirtualConsole()
})

// What the player asks of a browser, and this one lacks.
class Observer { observe () {} unobserve () {} disconnect () {} }
const anything = () => new Proxy(function () {}, {
  get: (target, key) => key === Symbol.toPrimitive ? () => 0 : anything(), set: () => true, apply: () => anything()
})
window.HTMLCanvasElement.prototype.getContext = () => anything()
window.matchMedia = () => ({ matches: false, addEventListener () {}, removeEventListener () {} })
window.document.fonts = { load: async () => [], ready: Promise.resolve(), addEventListener () {} }
Object.assign(window, {
  IntersectionObserver: Observer, ResizeObserver: Observer, TextDecoder, TextEncoder, WebAssembly, Response,
  Uint8Array, Uint16Array, Uint32Array, Int32Array, Uint8ClampedArray, ArrayBuffer, DataView
})
window.eval(fs.readFileSync(require.resolve('asciinema-player/dist/bundle/asciinema-player.min.js'), 'utf8') +
  ';window.AsciinemaPlayer = AsciinemaPlayer')

const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const plain = text => text.replace(/[\u2580-\u259f\u25a0\u25b2\u25b6\u25bc\u25c6\u2500-\u257f]/g, ' ').replace(/ +$/gm, '').trimEnd()

async function main () {
  const cast = fs.readFileSync(process.argv[2], 'utf8')
  const end = JSON.parse(cast.slice(0, cast.indexOf('\n'))).duration
  const player = window.AsciinemaPlayer.create({ data: cast }, window.document.getElementById('player'), { preload: true })
  const lines = () => [...window.document.querySelectorAll('.ap-line')].map(line => line.textContent).join('\n')
  for (let i = 0; i < 50 && !(player.getDuration() > 0); i++) await sleep(100)
  if (player.getDuration() !== end) throw new Error(`it lasts ${player.getDuration()} s, not ${end}`)
  await player.seek(end)
  const want = plain(fs.readFileSync(process.argv[3], 'utf8'))
  for (let i = 0; i < 50 && plain(lines()) !== want; i++) await sleep(100)
  if (plain(lines()) !== want) throw new Error(`it shows\n${plain(lines())}\nnot\n${want}`)
}

main().then(() => process.exit(0), error => { console.log(error.message); process.exit(1) })
