/** The few settings that decide where to look; the settings of a boot are one of these. */
export type Sought = {
  readonly home: string | undefined
  readonly python: string | undefined
  readonly workspace: string
  readonly adopt: 'auto' | 'move' | 'link'
  readonly upgrade: 'keep' | 'ask' | 'auto' | undefined
  readonly shared: string
  readonly sharedModels: readonly string[]
  readonly nodesFolder: string | undefined
  readonly inputFolder: string | undefined
  readonly outputFolder: string | undefined
  readonly cacheFolder: string | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly gpu: 'auto' | 'require' | 'off'
  readonly listen: string
  readonly port: number
  readonly jupyter: boolean
  readonly jupyterPort: number
  readonly httpListen: string
  readonly httpPort: number
  readonly packages: 'auto' | 'off'
  readonly constraintsFile: string
  readonly vendorFolder: string
}
