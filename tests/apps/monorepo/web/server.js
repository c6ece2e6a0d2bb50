'use strict'

const fs = require('node:fs')
const http = require('node:http')
const path = require('node:path')

const version = fs.readFileSync(path.join(__dirname, 'VERSION'), 'utf8').trim()
const api = process.env.API_URL || 'http://api:8000'
const port = Number(process.env.PORT || 3000)

const server = http.createServer(async (request, response) => {
  if (request.url === '/health') {
    response.end('ok\n')
    return
  }
  try {
    const said = await (await fetch(`${api}/`)).text()
    response.end(`monorepo web ${version}, ${said}`)
  } catch (error) {
    response.writeHead(502)
    response.end(`${error}\n`)
  }
})

process.on('SIGTERM', () => server.close(() => process.exit(0)))
server.listen(port, '0.0.0.0')
