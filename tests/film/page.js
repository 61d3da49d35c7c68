// page.js - uses the page of a film as a reader would: node page.js FILM.html
const fs = require('fs')
const { JSDOM } = require('jsdom')

const { window } = new JSDOM(fs.readFileSync(process.argv[2], 'utf8'), { runScripts: 'dangerously', pretendToBeVisual: true })
const document = window.document
const $ = id => document.getElementById(id)
const shown = () => [...document.querySelectorAll('#screen > use')].map(use => use.getAttribute('href')).join()
const press = key => document.dispatchEvent(new window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
let wrong = 0
const expect = (what, holds) => { if (!holds) { console.log(`not so: ${what}`); wrong = 1 } }

const first = shown()
expect('every row is one of the film', first.split(',').every(row => $(row.slice(1))))
press('ArrowRight')
expect('right shows the next picture', shown() !== first)
press('ArrowLeft')
expect('left goes back', shown() === first)
press('End')
const last = shown()
expect('End is elsewhere', last !== first)
press('Home')
$('at').value = $('at').max
$('at').dispatchEvent(new window.Event('input'))
expect('the slider reaches the same end', shown() === last)
press('Home')
press(']')
expect('] goes to a chapter and names it', $('chapter').textContent === document.querySelector('#marks button').title)
expect('what is shown can be read aloud', $('words').textContent.length > 100)
press('+')
expect('+ is faster', $('speed').value === '2')
press('Home')
press(' ')
expect('space plays', $('play').textContent === 'Pause')
setTimeout(() => {
  expect('time passes', $('at').value > 500)
  press(' ')
  expect('space pauses', $('play').textContent === 'Play')
  process.exit(wrong)
}, 1500)
