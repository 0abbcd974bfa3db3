package policies

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/diffpage"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/rules/policydiff"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
)

func diffCommand(console *cli.Console) *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff OLD NEW --cases FILE [FILE...]",
		Short: "Show which past disputes a change of the policy decides differently",
		Long: `Show which past disputes a change of the policy decides differently: what each edited rule
says differently, from and to; by rule the count, the money, and what of it was won when
fought; and the largest as examples. Read it before a release. OLD and NEW are policy files,
as written or compiled; - is the standard input. The files of --cases are of one format.

--html writes the same as one file that needs nothing else, for the release's reviewer.

Budgets are compared only as settings: ` + "`policy backtest`" + ` shows what they defer. The charges
are taken as not refunded, or as --refunded says; the closer reads them.

Exit codes: 0 nothing changed, 1 something changed, or some records could not be read (the
page covers the others), 2 usage, or a file that cannot be used.`,
		Example: `  disputectl policy diff policy.yaml new.yaml --cases disputes.jsonl
  git show HEAD:policy.yaml | disputectl policy diff - policy.yaml --cases 2025-*.jsonl
  disputectl policy diff policy.yaml new.yaml --cases disputes.jsonl --html change.html`,
		Args: cobra.MinimumNArgs(2),
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error {
			return runDiff(cmd.Context(), console, args[0], args[1], args[2:], f)
		}),
	}
	addReplayFlags(cmd, &f.replayFlags)
	cmd.Flags().StringVar(&f.html, "html", "", "write a page to this `FILE`, for a browser or a printer")
	cmd.MarkFlagsMutuallyExclusive("json", "html")
	return cmd
}

// diffFlags are the flags of diff.
type diffFlags struct {
	replayFlags
	html string
}

func runDiff(ctx context.Context, console *cli.Console, before, after string, more []string, f diffFlags) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	older, newer, err := twoPolicies(console, before, after)
	if err != nil {
		return err
	}
	if slices.Contains(slices.Concat(f.cases, more), "-") && (before == "-" || after == "-") {
		return cli.Fail(cli.Misused, "name one of the two as a file", "a policy and the cases are both the standard input")
	}
	p, err := fileRecords(console, f.cases, more)
	if err != nil {
		return err
	}
	defer p.Close()
	shown := console.Progress()
	r, readErr := policydiff.Run(ctx, older.Document, newer.Document, p, policydiff.Options{Replay: o, History: p.history(shown)})
	shown.Done()
	r.History = p.placed(r.History)
	if readErr != nil && (r.Disputes == 0 || ctx.Err() != nil) {
		return readError(ctx, p, readErr)
	}
	if err := modeError(o, r.Modes); err != nil {
		return err
	}
	err = printDiff(console, r, view.Compared{Old: older.File, New: newer.File, Cases: p.from}, f)
	printFaults(console, p, r.History)
	switch {
	case readErr != nil:
		return readError(ctx, p, readErr)
	case err == nil && (r.Changed || r.History.Bad > 0):
		return cli.ErrFound
	}
	return err
}

func printDiff(console *cli.Console, r policydiff.Report, of view.Compared, f diffFlags) error {
	switch {
	case f.json:
		return console.PrintJSON(r)
	case f.html == "":
		return view.Diff(console.Stdout, r, of, console.Width())
	}
	out, err := console.Output(f.html, cli.WorldReadable)
	if err != nil {
		return err
	}
	if err := diffpage.Write(out, r, of, console.Now()); err != nil {
		return cli.Fail(cli.Misused, "check the disk and its permissions", "%w; %s", err, out.Discard())
	}
	if err := out.Commit(); err != nil {
		return err
	}
	if !out.Standard {
		screen.Printf(console.Stderr, "%s written\n", f.html)
	}
	return nil
}

// twoPolicies reads the two policies to policydiff.
func twoPolicies(console *cli.Console, before, after string) (older, newer *input.Policy, err error) {
	if before == "-" && after == "-" {
		return nil, nil, cli.Fail(cli.Misused, "name one of the two as a file", "both policies are the standard input")
	}
	if older, err = input.ReadPolicy(console, before); err != nil {
		return nil, nil, err
	}
	if newer, err = input.ReadPolicy(console, after); err != nil {
		return nil, nil, err
	}
	if older == nil || newer == nil {
		return nil, nil, cli.Fail(cli.Misused, "name two files", "a policy has no name")
	}
	return older, newer, nil
}
