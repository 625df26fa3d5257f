# Builds the images: docker buildx bake -f docker/docker-bake.hcl [TARGET…], from the top of the repository.
# The binaries come first: npm run binary -- all.

# Where the images go.
variable "IMAGE" { default = "ghcr.io/comfy-init/comfyui" }
# Version of comfy-init, for tags and labels.
variable "VERSION" { default = "dev" }
# Tag, branch or commit of ComfyUI.
variable "COMFYUI_REF" { default = "v0.33.0" }
# The commit that it must be; empty: any. Change it together with COMFYUI_REF.
variable "COMFYUI_COMMIT" { default = "783545f689a0af730065994b46b382ae24844c99" }
# Address of the repository, its commit, and the time of the build, for labels.
variable "SOURCE" { default = "" }
variable "REVISION" { default = "" }
variable "CREATED" { default = "" }
# Where layers are kept between builds: gha (GitHub Actions), an image name such as ghcr.io/owner/cache, or empty for nowhere.
variable "CACHE" { default = "" }

# Tags of a target: which comfy-init with which ComfyUI, and the short one that moves on.
function "tags" {
  params = [target]
  result = ["${IMAGE}:${VERSION}-comfyui${COMFYUI_REF}-${target}", "${IMAGE}:${target}"]
}

# A slim image reads the cache of the full one, from which it differs in its last steps, and writes none: two that are built at
# the same time would write over each other.
function "cache_from" {
  params = [name]
  result = CACHE == "" ? [] : [CACHE == "gha" ? "type=gha,scope=${name}" : "type=registry,ref=${CACHE}:${name}"]
}

function "cache_to" {
  params = [name]
  result = CACHE == "" ? [] : ["${cache_from(name)[0]},mode=max"]
}

group "default" { targets = ["cpu", "cuda-4090", "cuda-5090"] }
group "slim" { targets = ["cpu-slim", "cuda-4090-slim", "cuda-5090-slim"] }
group "all" { targets = ["default", "slim"] }

target "image" {
  args = {
    VERSION        = VERSION
    REVISION       = REVISION
    CREATED        = CREATED
    COMFYUI_REF    = COMFYUI_REF
    COMFYUI_COMMIT = COMFYUI_COMMIT
  }
  labels    = SOURCE == "" ? {} : { "org.opencontainers.image.source" = SOURCE }
  platforms = ["linux/amd64"]
}

# What a slim image lacks: JupyterLab.
target "without-jupyter" {
  args = { WITH_JUPYTER = "false" }
}

target "cpu" {
  inherits   = ["image"]
  dockerfile = "Dockerfile.cpu"
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = tags("cpu")
  cache-from = cache_from("cpu")
  cache-to   = cache_to("cpu")
}

target "cpu-slim" {
  inherits = ["cpu", "without-jupyter"]
  tags     = tags("cpu-slim")
  cache-to = []
}

# RTX 4090 and others of compute capability 8.9.
target "cuda-4090" {
  inherits   = ["image"]
  dockerfile = "Dockerfile.cuda"
  args       = { CUDA = "12.8", ARCH = "8.9" }
  tags       = tags("cuda-4090")
  cache-from = cache_from("cuda-4090")
  cache-to   = cache_to("cuda-4090")
}

target "cuda-4090-slim" {
  inherits = ["cuda-4090", "without-jupyter"]
  tags     = tags("cuda-4090-slim")
  cache-to = []
}

# RTX 5090 and others of compute capability 12.0; on arm64 servers (sbsa) too.
target "cuda-5090" {
  inherits   = ["image"]
  dockerfile = "Dockerfile.cuda"
  args       = { CUDA = "13.0", ARCH = "12.0" }
  platforms  = ["linux/amd64", "linux/arm64"]
  tags       = tags("cuda-5090")
  cache-from = cache_from("cuda-5090")
  cache-to   = cache_to("cuda-5090")
}

target "cuda-5090-slim" {
  inherits = ["cuda-5090", "without-jupyter"]
  tags     = tags("cuda-5090-slim")
  cache-to = []
}
