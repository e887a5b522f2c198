class Pipemine < Formula
  desc "Mine named-pipe events from Sysmon logs and draft exclusion rules"
  homepage "https://github.com/@REPOSITORY@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/pipemine-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin.tar.gz@"
    end
    on_intel do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/pipemine-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin.tar.gz@"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/pipemine-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl.tar.gz@"
    end
    on_intel do
      url "https://github.com/@REPOSITORY@/releases/download/v@VERSION@/pipemine-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl.tar.gz@"
    end
  end

  def install
    bin.install "pipemine"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/pipemine"
    zsh_completion.install "completions/_pipemine"
    fish_completion.install "completions/pipemine.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/pipemine --version")
    assert_match "PipeEvent onmatch=\"exclude\"", shell_output("#{bin}/pipemine collect")
  end
end
