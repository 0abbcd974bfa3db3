package command

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/screen"
)

// build is what the executable knows of itself. Its JSON is what `version --json` prints.
type build struct {
	// Version is the module's: a release's tag, or one that names the commit.
	Version string `json:"version"`
	// Commit is empty for a build outside a checkout, such as that of `go run`. Changed means that it had uncommitted changes.
	Commit  string `json:"commit"`
	Changed bool   `json:"changed"`
	Go      string `json:"go"`
	System  string `json:"system"`
}

// built returns what the Go toolchain stamped into this executable: no build passes anything else.
func built() build { return buildOf(debug.ReadBuildInfo()) }

func buildOf(info *debug.BuildInfo, ok bool) build {
	b := build{Version: "unknown", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.modified":
			b.Changed = s.Value == "true"
		}
	}
	return b
}

// String is the version with its commit, such as "v1.2.0, commit 0123456789ab, with changes".
func (b build) String() string {
	text := b.Version
	if b.Commit != "" {
		text += ", commit " + b.Commit[:min(len(b.Commit), 12)]
	}
	if b.Changed {
		text += ", with changes"
	}
	return text
}

func versionCommand(console *cli.Console) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which version this is",
		Long: `Say which version this is, of which commit, and by which Go it was built. It is what the Go
toolchain stamps into the executable.

Exit codes: 0 fine, 2 usage.`,
		Example: `  disputectl version
  disputectl version --json`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(*cobra.Command, []string) error {
			b := built()
			if asJSON {
				return console.PrintJSON(b)
			}
			screen.Printf(console.Stdout, "disputectl %s\n%s, %s\n", b, b.Go, b.System)
			return nil
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
