package main

import (
	"context"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// defaultPolicy is the policy that the commands look at unless they are told another.
const defaultPolicy = "policy.yaml"

// explaining is what the flags of explain say.
type explaining struct {
	policy, table, at string
	refunded, key     string
	json, metadata    bool
}

func (a *app) policyExplainCommand() *cobra.Command {
	var f explaining
	cmd := &cobra.Command{
		Use:   "explain FILE|DISPUTE",
		Short: "Tell what a policy decides about one dispute, and why",
		Long: `Tell what a policy decides about one dispute: each rule tried, each condition with the value
it met, what was in doubt, the clock and when it would close, and the guard that would
stop it. The decision is the closer's own.

FILE holds a dispute as WooshPay sends it, a webhook's event, or a case of ` + "`export`" + `;
- is the standard input. What begins with dp_, or is a number, is read from the table.

The closer reads the dispute's charge, and closes nothing that was refunded. This command does
not: a refund that the dispute itself or the closer's last look shows counts, otherwise the
charge is taken as not refunded, or as --refunded says. The key is taken to be of the dispute's
own mode (--key). The notes at the end say what was assumed.

Exit codes: 0 explained, 1 there is no such case, 2 usage, 3 the table did not answer.`,
		Example: `  disputectl policy explain dispute.json
  disputectl policy explain dispute.json --policy new.yaml --at 2026-03-02T12:00:00Z
  disputectl policy explain dp_1234 --table disputes-test --json
  curl -s https://… | disputectl policy explain -`,
		Args: cobra.ExactArgs(1),
		RunE: act(func(cmd *cobra.Command, args []string) error { return a.explain(cmd.Context(), args[0], f) }),
	}
	cmd.Flags().StringVar(&f.policy, "policy", defaultPolicy, "the policy's `FILE`, as written or compiled")
	cmd.Flags().StringVar(&f.at, "at", "", "decide as of this `TIME`, such as 2026-03-02T12:00:00Z; now if empty")
	refundedFlag(cmd, &f.refunded, "")
	cmd.Flags().StringVar(&f.key, "key", "", "the `MODE` of the WooshPay key, test or live; the dispute's own if empty")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&f.metadata, "metadata", false, "show the values of metadata, too")
	tableFlag(cmd, &f.table)
	return cmd
}

func (a *app) explain(ctx context.Context, name string, f explaining) error {
	if name == "-" && f.policy == "-" {
		return fail(misused, "name one of the two as a file", "the policy and the dispute are both the standard input")
	}
	r, err := a.rules(f.policy)
	if err != nil {
		return err
	}
	if r == nil {
		return fail(misused, "name its file with --policy", "no policy is named")
	}
	s, err := a.subject(ctx, name, f)
	if err != nil {
		return err
	}
	judge := closing.Judge{Policy: r.Policy}
	if judge.Livemode, err = keyMode(f.key, &s); err != nil {
		return err
	}
	e := view.ExplanationOf(s, r.document, judge, f.metadata)
	if f.json {
		return a.printJSON(e)
	}
	return e.Write(a.stdout, a.now(), a.width())
}

// tableID is what an argument looks like that is no file but a dispute's id.
var tableID = regexp.MustCompile(`^(dp_[A-Za-z0-9_-]+|[0-9]+)$`)

// subject reads the dispute that the argument names.
func (a *app) subject(ctx context.Context, name string, f explaining) (view.Subject, error) {
	var s view.Subject
	var err error
	if s.At, err = a.instant(f.at); err != nil {
		return s, err
	}
	if s.Case, err = a.namedCase(ctx, name, f.table); err != nil {
		return s, err
	}
	return s, takeCharge(f.refunded, &s)
}

// namedCase reads a case of the table, or what a file holds of one.
func (a *app) namedCase(ctx context.Context, name, table string) (closing.Case, error) {
	if tableID.MatchString(name) {
		return a.load(ctx, table, dispute.ID(name))
	}
	text, err := a.read(name)
	if err != nil {
		return closing.Case{}, err
	}
	return a.caseOf(name, text)
}

// flagFact reads a flag that may be left empty, for unknown.
func flagFact(flag, value, yes, no string) (dispute.Maybe[bool], error) {
	switch value {
	case "":
		return dispute.Maybe[bool]{}, nil
	case yes, no:
		return dispute.Known(value == yes), nil
	}
	return dispute.Maybe[bool]{}, fail(misused, "use "+yes+" or "+no, "%s %q is neither", flag, value)
}

// The modes of a key.
const (
	liveKey = "live"
	testKey = "test"
)

// keyMode returns the mode of the key that the closer would have, and notes what is taken for granted.
func keyMode(flag string, s *view.Subject) (live bool, err error) {
	given, err := flagFact("--key", flag, liveKey, testKey)
	if err != nil {
		return false, err
	}
	if live, known := given.Get(); known {
		return live, nil
	}
	live, known := s.Case.Dispute.Livemode.Get()
	if known {
		mode := map[bool]string{true: liveKey, false: testKey}[live]
		s.Notes = append(s.Notes, "the key is taken to be a "+mode+" one, as the dispute is (--key "+strings.Join([]string{liveKey, testKey}, "|")+")")
	}
	return live, nil
}
