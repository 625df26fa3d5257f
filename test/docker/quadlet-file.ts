import { read } from './docker-files.ts'

/** Keys that Podman 5.2 takes in the sections of quadlet files that are its own (podman-systemd.unit(5)), as far as they may be used here. */
export const QUADLET_KEYS: Readonly<Record<string, readonly string[]>> = {
  Container: [
    'AddCapability AddDevice AddHost Annotation AutoUpdate ContainerName DNS DropCapability Entrypoint Environment EnvironmentFile Exec',
    'Group GroupAdd HealthCmd HealthInterval HealthOnFailure HealthRetries HealthStartPeriod HealthStartupCmd HealthStartupInterval',
    'HealthStartupRetries HealthStartupSuccess HealthStartupTimeout HealthTimeout HostName Image Label LogDriver Mask Mount Network',
    'NetworkAlias NoNewPrivileges Notify PidsLimit Pod PodmanArgs PublishPort Pull ReadOnly ReadOnlyTmpfs RunInit SeccompProfile Secret',
    'SecurityLabelDisable SecurityLabelType ShmSize StopSignal StopTimeout Sysctl Timezone Tmpfs Ulimit User UserNS Volume WorkingDir',
  ].flatMap((line) => line.split(' ')),
  Network: [
    'DisableDNS',
    'DNS',
    'Driver',
    'Gateway',
    'Internal',
    'IPv6',
    'Label',
    'NetworkName',
    'Options',
    'Subnet',
  ],
  Volume: ['Copy', 'Device', 'Driver', 'Group', 'Image', 'Label', 'Options', 'Type', 'User', 'VolumeName'],
}

/** One line of a unit: its section, key and value, in the order of the file. */
export type UnitLine = { readonly section: string; readonly key: string; readonly value: string }

/** Reads a unit file of systemd without continued lines; a line that is nothing of a unit is an error. */
export function readUnit(path: string): readonly UnitLine[] {
  const found: UnitLine[] = []
  let section = ''
  for (const line of read(path).split('\n')) {
    const [, head] = /^\[(\w+)\]$/.exec(line) ?? []
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (head !== undefined) section = head
    else if (key !== undefined && value !== undefined) found.push({ section, key, value })
    else if (line !== '' && !line.startsWith('#')) throw new Error(`${path} has a line of no unit: ${line}`)
  }
  return found
}
