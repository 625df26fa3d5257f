import { main } from '../../src/cli/main.ts'
import { realHost } from '../../src/host/host.ts'

// The command line as a program of its own, for tests that need real streams, signals and exit codes.
process.exitCode = await main(realHost(), process.argv.slice(2), async () => ({ close: async () => {} }))
