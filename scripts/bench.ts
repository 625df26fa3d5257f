/** `npm run bench NAME`: runs scripts/bench/NAME.ts. */
const [name] = process.argv.slice(2)
if (name === undefined || !/^[a-z-]+$/.test(name)) {
  console.error('Cannot tell which benchmark to run. Type npm run bench boot.')
  process.exit(64)
}
await import(`./bench/${name}.ts`)
