import type { Layout } from '../../base/layout.ts'
import type { ChildEnv } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'

/** Variables that tell uv and pip about this machine and its network; every setup.py sees them, so all others stay away. */
const PASSED =
  /^(PATH|LANG|LD_LIBRARY_PATH|TMPDIR|(https?|all|no)_proxy|SSL_CERT_(FILE|DIR)|SSL_CLIENT_CERT|(REQUESTS|CURL)_CA_BUNDLE|NETRC|CC|CXX|CUDA_HOME|MAX_JOBS)$/i

/** Where pip and uv take packages from and how, where they keep them; not what would install elsewhere, or ask otherwise than we do. */
const OF_PIP =
  /^PIP_(INDEX_URL|EXTRA_INDEX_URL|NO_INDEX|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|CACHE_DIR|NO_CACHE_DIR|CONFIG_FILE|KEYRING_PROVIDER|PRE|PREFER_BINARY|ONLY_BINARY|NO_BINARY|USE_FEATURE|USE_DEPRECATED|NO_BUILD_ISOLATION|BREAK_SYSTEM_PACKAGES)$/
const OF_UV =
  /^UV_(DEFAULT_INDEX|INDEX|INDEX_URL|EXTRA_INDEX_URL|INDEX_STRATEGY|INDEX_\w+_(USERNAME|PASSWORD)|NO_INDEX|FIND_LINKS|INSECURE_HOST|NATIVE_TLS|SYSTEM_CERTS|HTTP_\w+|REQUEST_TIMEOUT|CONCURRENT_\w+|CACHE_DIR|NO_CACHE|LINK_MODE|CONFIG_FILE|NO_CONFIG|KEYRING_PROVIDER|PRERELEASE|RESOLUTION|EXCLUDE_NEWER|NO_BUILD\w*|NO_BINARY\w*|COMPILE_BYTECODE)$/

/** The environment of uv and pip: caches in the workspace, nothing asked, nothing coloured. Pure. */
export function installerEnv(
  container: Host['env'],
  { layout, scratch }: { readonly layout: Layout; readonly scratch: string },
): ChildEnv {
  const passed = Object.entries(container).flatMap(([name, value]) =>
    value !== undefined && [PASSED, OF_PIP, OF_UV].some((each) => each.test(name))
      ? [[name, value] as const]
      : [],
  )
  return {
    TMPDIR: scratch,
    UV_CACHE_DIR: `${layout.packageCache}/uv`,
    PIP_CACHE_DIR: `${layout.packageCache}/pip`,
    ...mirrors(container),
    ...Object.fromEntries(passed),
    HOME: layout.personHome,
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
    PYTHONUNBUFFERED: '1',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
    UV_NO_PROGRESS: '1',
    UV_PYTHON_DOWNLOADS: 'never',
    UV_NO_ENV_FILE: '1',
  }
}

// Images name a mirror for pip, which uv does not read.
function mirrors({ PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS }: Host['env']): ChildEnv {
  return {
    ...(PIP_INDEX_URL ? { UV_DEFAULT_INDEX: PIP_INDEX_URL } : {}),
    ...(PIP_EXTRA_INDEX_URL ? { UV_INDEX: PIP_EXTRA_INDEX_URL } : {}),
    ...(PIP_FIND_LINKS ? { UV_FIND_LINKS: PIP_FIND_LINKS.trim().replaceAll(/\s+/g, ',') } : {}),
  }
}
