#!/usr/bin/env bash
# Builds a real Kubernetes control plane (etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl, kwok,
# metrics-server) from Go modules alone. Needs Go >= 1.26 and a Go module proxy. Skips what is already there.
# usage: build.sh DIR   (called by tools.ts, which names the folder after the versions)
set -euo pipefail
kube=${KUBE_VERSION:?} kwok=${KWOK_VERSION:?} metrics=${METRICS_SERVER_VERSION:?} staging=v0.${KUBE_VERSION#v1.}
mkdir -p "$1/bin" "$1/src" "$1/stages" "$1/crds" && out=$(cd "$1" && pwd)
export CGO_ENABLED=0 GOTOOLCHAIN=local

# Two builds at once would write each other's files: the second waits, then finds everything built.
if command -v flock >/dev/null; then
  exec 9>"$out/build.lock"
  flock -n 9 || { echo "another build is under way in $out, waiting for it"; flock 9; }
fi

# Written beside its final place and renamed, so that nobody ever starts half a binary.
keep() { chmod 755 "$out/bin/.$1.new" && mv -f "$out/bin/.$1.new" "$out/bin/$1" && echo "built $1 after ${SECONDS}s"; }

# A module of our own: k8s.io/kubernetes requires its staging modules at v0.0.0 and replaces them by path, which
# `go install` refuses. v1.M.P of it is published as v0.M.P of each of them.
module() {
  cd "$out/src"
  if ! grep -q "k8s.io/kubernetes $kube" go.mod 2>/dev/null || [ ! -f .replaced ]; then
    rm -f go.mod go.sum .replaced
    go mod init cluster.local 2>/dev/null
    go mod edit -go=1.26 -require="k8s.io/kubernetes@$kube"
    local file
    file=$(GOFLAGS=-mod=mod go mod download -json "k8s.io/kubernetes@$kube" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
    awk '$1 ~ /^k8s\.io\/[a-z0-9-]+$/ && $2 == "v0.0.0" {print $1}' "$file" | sort -u |
      while read -r m; do go mod edit -replace="$m=$m@$staging"; done
    touch .replaced
  fi
}

# Without these flags /version says v0.0.0-master and feature gates misbehave.
p=k8s.io/component-base/version
flags="-s -w -X $p.gitVersion=$kube -X $p.gitMajor=1 -X $p.gitMinor=$(cut -d. -f2 <<<"$kube") -X $p.gitTreeState=clean -X $p.buildDate=2026-01-01T00:00:00Z"
for c in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
  [ -x "$out/bin/$c" ] && continue
  module
  GOFLAGS=-mod=mod go build -trimpath -ldflags "$flags" -o "$out/bin/.$c.new" "k8s.io/kubernetes/cmd/$c"
  keep $c
done
if [ ! -x "$out/bin/etcd" ]; then
  module
  GOFLAGS=-mod=mod go build -trimpath -ldflags "-s -w" -o "$out/bin/.etcd.new" go.etcd.io/etcd/server/v3
  keep etcd
fi
# These two have no replacements: a plain install of a version works, in a folder of its own.
install_tool() {
  [ -x "$out/bin/$1" ] && return
  (cd / && GOFLAGS='' GOBIN="$out/src/install" go install -trimpath -ldflags "-s -w" "$2")
  mv "$out/src/install/$1" "$out/bin/.$1.new"
  keep "$1"
}
install_tool kwok "sigs.k8s.io/kwok/cmd/kwok@$kwok"
# kwok's own files that ours build on: the resource metrics of a fake kubelet, and the kind that names a pod's log
# file. The lives of nodes and pods are ours (pod-stages.ts, node-stages.ts).
module_dir=$(cd / && go mod download -json "sigs.k8s.io/kwok@$kwok" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
for f in metrics/resource/metrics-resource metrics/usage/usage-from-annotation; do
  install -m 644 "$module_dir/kustomize/$f.yaml" "$out/stages/$(basename "$f").yaml"
done
install -m 644 "$module_dir/kustomize/crd/bases/kwok.x-k8s.io_logs.yaml" "$out/crds/logs.yaml"
touch "$out/ready"
install_tool metrics-server "sigs.k8s.io/metrics-server/cmd/metrics-server@$metrics"
