package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/rules/policydiff"
	"disputecloser/cmd/disputectl/internal/view"
)

func (a *app) policyDiffCommand() *cobra.Command {
	var f replaying
	cmd := &cobra.Command{
		Use:   "diff OLD NEW --cases FILE [FILE...]",
		Short: "Tell which past disputes a change of the policy gives another fate",
		Long: `Tell which past disputes a change of the policy gives another fate: by rule, with count, money
and examples. The page to read before a release. OLD and NEW are policy files, as written
or compiled; - is the standard input. The files of --cases are of one format.

Budgets are compared as settings: what they put off, ` + "`policy backtest`" + ` tells. The charges are
taken as not refunded, or as --refunded says; the closer reads them.

Exit codes: 0 nothing changed, 1 something changed, or some records could not be read (the
page covers the others), 2 usage, or a file that cannot be used.`,
		Example: `  disputectl policy diff policy.yaml new.yaml --cases disputes.jsonl
  git show HEAD:policy.yaml | disputectl policy diff - policy.yaml --cases 2025-*.jsonl
  disputectl policy diff policy.yaml new.yaml --cases disputes.jsonl --json`,
		Args: cobra.MinimumNArgs(2),
		RunE: act(func(cmd *cobra.Command, args []string) error {
			return a.diff(cmd.Context(), args[0], args[1], args[2:], f)
		}),
	}
	replayFlags(cmd, &f)
	return cmd
}

func (a *app) diff(ctx context.Context, before, after string, more []string, f replaying) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	older, newer, err := a.twoPolicies(before, after)
	if err != nil {
		return err
	}
	if slices.Contains(slices.Concat(f.cases, more), "-") && (before == "-" || after == "-") {
		return fail(misused, "name one of the two as a file", "a policy and the cases are both the standard input")
	}
	p, err := a.caseFiles(f.cases, more)
	if err != nil {
		return err
	}
	defer p.Close()
	shown := a.progress()
	r, readErr := policydiff.Run(ctx, older.document, newer.document, p, policydiff.Options{Replay: o, History: p.history(shown)})
	shown.done()
	r.History = p.placed(r.History)
	if readErr != nil && (r.Disputes == 0 || ctx.Err() != nil) {
		return readError(ctx, p, readErr)
	}
	if f.json {
		err = a.printJSON(r)
	} else {
		err = view.Diff(a.stdout, r, view.Compared{Old: older.file, New: newer.file, Cases: p.from}, a.width())
	}
	a.tellFaults(p, r.History)
	switch {
	case readErr != nil:
		return readError(ctx, p, readErr)
	case err == nil && (r.Changed || r.History.Bad > 0):
		return errFound
	}
	return err
}

// twoPolicies reads the policies to be compared.
func (a *app) twoPolicies(before, after string) (older, newer *rules, err error) {
	if before == "-" && after == "-" {
		return nil, nil, fail(misused, "name one of the two as a file", "both policies are the standard input")
	}
	if older, err = a.rules(before); err != nil {
		return nil, nil, err
	}
	if newer, err = a.rules(after); err != nil {
		return nil, nil, err
	}
	if older == nil || newer == nil {
		return nil, nil, fail(misused, "name two files", "a policy has no name")
	}
	return older, newer, nil
}
