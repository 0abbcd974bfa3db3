package policies

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/bom"
	"disputecloser/cmd/disputectl/internal/casefiles"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/policy"
)

// replayFlags are the flags that diff and backtest share.
type replayFlags struct {
	cases    []string
	key      string
	refunded string
	horizon  cli.Span
	recorded bool
	json     bool
}

func addReplayFlags(cmd *cobra.Command, f *replayFlags) {
	cmd.Flags().StringSliceVar(&f.cases, "cases", nil, "the `FILE` of past disputes, or of the events about them: JSON Lines, a JSON array, answers of WooshPay's list, or an export; further files may follow as arguments, - is the standard input")
	cmd.Flags().StringVar(&f.key, "key", "", "the `MODE` of the WooshPay key that would have been used, live or test; the disputes' own if not given")
	cmd.Flags().Var(&f.horizon, "horizon", "how long after its creation a dispute ends; "+policy.Duration(replay.DefaultHorizon).String()+" if not given")
	cmd.Flags().BoolVar(&f.recorded, "evidence-as-recorded", false, "take has_evidence and submission_count as they were in the end, not as none at the beginning")
	refundedFlag(cmd, &f.refunded, replay.NotRefunded)
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
}

// options returns the options of the replay.
func (f replayFlags) options() (replay.Options, error) {
	live, err := flagFact("--key", f.key, liveKey, testKey)
	o := replay.Options{EvidenceAsRecorded: f.recorded, Horizon: policy.Duration(f.horizon)}
	if f.horizon == 0 {
		o.Horizon = policy.Duration(replay.DefaultHorizon)
	}
	o.Livemode, _ = live.Get()
	o.OwnMode = !live.IsKnown()
	if err == nil {
		o.Refunded, err = parseRefunded(f.refunded)
	}
	return o, err
}

// modeError refuses disputes of both modes, unless --key says which of them are meant: real and test money are never added.
func modeError(o replay.Options, m replay.Modes) error {
	if !o.OwnMode || !m.Mixed() {
		return nil
	}
	return cli.Fail(cli.Misused, "say which are meant: --key live or --key test", "%s of live mode and %s of test mode are among them",
		cli.Count(int(m.Live), "dispute"), cli.Count(int(m.Test), "dispute"))
}

// records are past disputes to read.
type records struct {
	io.ReadCloser
	size int64
	// from says where they come from, for a person.
	from string
	// place returns the file that contains a fault, and the fault with its line in that file.
	place func(history.Fault) (string, history.Fault)
	// notes grow while the records are read.
	notes *[]string
}

// fileRecords opens the files that --cases and the arguments name.
func fileRecords(console *cli.Console, flag, args []string) (records, error) {
	names := slices.Concat(flag, args)
	switch {
	case len(names) == 0:
		return records{}, cli.Fail(cli.Misused, "name a file of past disputes with --cases", "there are no cases to try")
	case len(names) > 1 && slices.Contains(names, "-"):
		return records{}, cli.Fail(cli.Misused, "name no other file with it", "the standard input can't be one of several files")
	}
	files, err := casefiles.Open(names, func(name string) (io.ReadCloser, int64, error) { return opener(console, name) })
	if f := new(cli.ExitError); errors.As(err, &f) {
		return records{}, err
	}
	if errors.Is(err, casefiles.ErrMixed) {
		return records{}, cli.Fail(cli.Misused, "try each format by itself", "%w", err)
	}
	if err != nil {
		return records{}, notCases(err)
	}
	from := strings.Join(names, ", ")
	if len(names) > 3 {
		from = fmt.Sprintf("%s, … %s (%d files)", names[0], names[len(names)-1], len(names))
	}
	return records{ReadCloser: files, size: files.Size(), from: from, place: files.Place, notes: new([]string)}, nil
}

func notCases(err error) error {
	return cli.Fail(cli.Misused, "name JSON Lines, a JSON array, answers of WooshPay's list, or an export", "%w", err)
}

// opener opens a file of any length; - is the standard input.
func opener(console *cli.Console, name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(console.Input()), 0, nil
	}
	f, err := os.Open(console.Path(name))
	if err != nil {
		return nil, 0, cli.Unreadable(name, err)
	}
	info, err := f.Stat()
	switch {
	case err != nil:
		_ = f.Close() // It was only opened.
		return nil, 0, cli.Unreadable(name, err)
	case info.IsDir():
		_ = f.Close()
		return nil, 0, cli.Fail(cli.Misused, "name files, such as "+name+"/*.jsonl", "%s is a folder", name)
	case !info.Mode().IsRegular():
		return f, 0, nil
	}
	return f, info.Size(), nil
}

// readError says why the disputes were not read to their end, and what to do next.
func readError(ctx context.Context, p records, err error) error {
	var f *cli.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return cli.ErrInterrupted
	case errors.As(err, &f):
		return err
	case errors.Is(err, bom.ErrUTF16):
		return cli.Fail(cli.Misused, "convert the file, then try again", "%s: %w", p.from, err)
	case errors.Is(err, history.ErrTruncated):
		return cli.Fail(cli.Misused, "get the file again; what is shown covers what could be read", "%s: %w", p.from, err)
	case errors.Is(err, history.ErrLong):
		return cli.Fail(cli.Misused, "put each dispute on a line of its own", "%s: %w", p.from, err)
	case errors.Is(err, history.ErrFormat):
		return notCases(fmt.Errorf("%s: %w", p.from, err))
	}
	return cli.Fail(cli.Misused, "check the file, then try again", "%s: %w", p.from, err)
}

// shownFaults is how many unreadable records are named; the rest are counted.
const shownFaults = 5

// placed returns the summary with the faults at their lines in their own files.
func (p records) placed(s history.Summary) history.Summary {
	s.Faults = slices.Clone(s.Faults)
	for i, f := range s.Faults {
		name, in := p.place(f)
		in.Reason = fmt.Sprintf("%s:%d: %s", name, in.Line, f.Reason)
		s.Faults[i] = in
	}
	return s
}

// printFaults says which records of a placed summary could not be read, how many are duplicates, and whether some are
// missing.
func printFaults(console *cli.Console, p records, s history.Summary) {
	if s.Bad > 0 {
		screen.Printf(console.Stderr, "%s could not be read:\n", cli.Count(int(s.Bad), "record"))
		for _, f := range s.Faults[:min(shownFaults, len(s.Faults))] {
			screen.Printf(console.Stderr, "  %s\n", f.Reason)
		}
		if s.Bad > shownFaults {
			screen.Printf(console.Stderr, "  and %d more\n", s.Bad-shownFaults)
		}
	}
	if s.Repeated > 0 {
		screen.Printf(console.Stderr, "%s too many: their disputes occur more than once, and each record is counted\n", cli.Count(int(s.Repeated), "record"))
	}
	if s.More {
		screen.Printf(console.Stderr, "the last list says has_more: these are not all disputes\n")
	}
	for _, note := range *p.notes {
		screen.Printf(console.Stderr, "%s\n", note)
	}
}

// history returns the options for reading the disputes, with the progress shown.
func (p records) history(to *cli.Progress) history.Options {
	return history.Options{Size: p.size, Progress: to.Update}
}
