/* Draws every chart of the page from the JSON beside it; without script the table below each chart says the same. */
const ink = () => getComputedStyle(document.documentElement).getPropertyValue('--soft').trim()
const line = () => getComputedStyle(document.documentElement).getPropertyValue('--line').trim()

function draw(holder) {
  const chart = JSON.parse(document.getElementById(holder.dataset.chart).textContent)
  const colours = ['#0b5cad', '#2f9e62']
  const axis = () => ({ stroke: ink(), grid: { stroke: line(), width: 1 }, ticks: { stroke: line() } })
  const marker = chart.marker === undefined ? [] : [{ hooks: { draw: [plot => drawMarker(plot, chart.marker)] } }]
  const options = () => ({
    width: Math.max(240, holder.clientWidth - 4),
    height: 240,
    tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    cursor: { y: false },
    scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max * 1.1)] } },
    series: [
      { value: '{YYYY}-{MM}-{DD}' },
      ...chart.series.map((one, index) => ({
        label: one.label,
        stroke: colours[index],
        width: 2,
        fill: index === 0 ? `${colours[0]}22` : undefined,
        points: { show: false },
      })),
    ],
    axes: [axis(), { ...axis(), size: 56 }],
    plugins: marker,
  })
  const target = document.createElement('div')
  holder.prepend(target)
  const plot = new uPlot(options(), [chart.days, ...chart.series.map(one => one.values)], target)
  new ResizeObserver(() => plot.setSize({ width: Math.max(240, holder.clientWidth - 4), height: 240 })).observe(holder)
}

function drawMarker(plot, marker) {
  const x = plot.valToPos(marker.at, 'x', true)
  if (x < plot.bbox.left || x > plot.bbox.left + plot.bbox.width) return
  const { ctx } = plot
  ctx.save()
  ctx.strokeStyle = '#c0392b'
  ctx.fillStyle = '#c0392b'
  ctx.lineWidth = 2 * devicePixelRatio
  ctx.beginPath()
  ctx.moveTo(x, plot.bbox.top)
  ctx.lineTo(x, plot.bbox.top + plot.bbox.height)
  ctx.stroke()
  ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`
  ctx.textAlign = 'right'
  ctx.fillText(marker.label, x - 6 * devicePixelRatio, plot.bbox.top + 14 * devicePixelRatio)
  ctx.restore()
}

for (const holder of document.querySelectorAll('[data-chart]')) draw(holder)
