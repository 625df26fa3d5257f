import type { Layout } from '../../base/layout.ts'
import type { ChildEnv } from '../../host/exec.ts'
import type { Host } from '../../host/host.ts'

/** Variables that tell uv and pip about this machine and its network; everything else of the container stays away from them. */
const PASSED =
  /^(PATH|LANG|LD_LIBRARY_PATH|TMPDIR|(https?|all|no)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|SSH_AUTH_SOCK|NETRC|GIT_\w+|CC|CXX|CUDA_HOME|MAX_JOBS|PIP_\w+|UV_\w+)$/i

/** Those that would install elsewhere, or ask otherwise than we do. */
const KEPT_AWAY =
  /^(PIP_(TARGET|PREFIX|ROOT|USER|REQUIRE_VIRTUALENV|CONSTRAINT|REQUIREMENT|REPORT|DRY_RUN|QUIET|VERBOSE|LOG|PYTHON|NO_DEPS)|UV_(PYTHON|SYSTEM_PYTHON|PROJECT\w*|WORKING_\w+|CONSTRAINT|OVERRIDE|BUILD_CONSTRAINT|OFFLINE|TARGET|PREFIX|TORCH_BACKEND))$/

/** The environment of uv and pip: caches in the workspace, nothing asked, nothing coloured. Pure. */
export function installerEnv(
  container: Host['env'],
  { layout, scratch }: { readonly layout: Layout; readonly scratch: string },
): ChildEnv {
  const passed = Object.entries(container).flatMap(([name, value]) =>
    value !== undefined && PASSED.test(name) && !KEPT_AWAY.test(name) ? [[name, value] as const] : [],
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
