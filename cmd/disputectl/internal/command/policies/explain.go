package policies

import (
	"context"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// defaultPolicy is the policy file that the commands read unless another is named.
const defaultPolicy = "policy.yaml"

// explainFlags are the flags of explain.
type explainFlags struct {
	site           access.Site
	policy, at     string
	refunded, key  string
	json, metadata bool
}

func explainCommand(env *access.Env) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain FILE|DISPUTE",
		Short: "Show what a policy decides about one dispute, and why",
		Long: `Show what a policy decides about one dispute: each rule tried, each condition with the value
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
  disputectl policy explain dp_1234 --stack test --json
  curl -s https://… | disputectl policy explain -`,
		Args: cobra.ExactArgs(1),
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error { return runExplain(cmd.Context(), env, args[0], f) }),
	}
	cmd.Flags().StringVar(&f.policy, "policy", defaultPolicy, "the policy's `FILE`, as written or compiled")
	cmd.Flags().StringVar(&f.at, "at", "", "decide as of this `TIME`, such as 2026-03-02T12:00:00Z; now if empty")
	refundedFlag(cmd, &f.refunded, "")
	cmd.Flags().StringVar(&f.key, "key", "", "the `MODE` of the WooshPay key, test or live; the dispute's own if empty")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&f.metadata, "metadata", false, "show the values of metadata, too")
	access.TableFlags(cmd, &f.site)
	return cmd
}

func runExplain(ctx context.Context, env *access.Env, name string, f explainFlags) error {
	if name == "-" && f.policy == "-" {
		return cli.Fail(cli.Misused, "name one of the two as a file", "the policy and the dispute are both the standard input")
	}
	r, err := input.ReadPolicy(&env.Console, f.policy)
	if err != nil {
		return err
	}
	if r == nil {
		return cli.Fail(cli.Misused, "name its file with --policy", "no policy is named")
	}
	s, err := readSubject(ctx, env, name, f)
	if err != nil {
		return err
	}
	judge := closing.Judge{Policy: r.Policy}
	if judge.Livemode, err = keyMode(f.key, &s); err != nil {
		return err
	}
	e := view.ExplanationOf(s, r.Document, judge, f.metadata)
	if f.json {
		return env.PrintJSON(e)
	}
	return e.Write(env.Stdout, env.Now(), env.Width())
}

// tableID matches an argument that is a dispute's id, and not a file.
var tableID = regexp.MustCompile(`^(dp_[A-Za-z0-9_-]+|[0-9]+)$`)

// readSubject reads the dispute that the argument names.
func readSubject(ctx context.Context, env *access.Env, name string, f explainFlags) (view.Subject, error) {
	var s view.Subject
	var err error
	if s.At, err = env.Instant(f.at); err != nil {
		return s, err
	}
	if s.Case, err = namedCase(ctx, env, name, f.site); err != nil {
		return s, err
	}
	return s, assumeRefund(f.refunded, &s)
}

// namedCase reads a case from the table or from a file.
func namedCase(ctx context.Context, env *access.Env, name string, site access.Site) (closing.Case, error) {
	if tableID.MatchString(name) {
		desk, err := env.Open(ctx, site)
		if err != nil {
			return closing.Case{}, err
		}
		return desk.LoadCase(ctx, dispute.ID(name))
	}
	text, err := env.ReadText(name)
	if err != nil {
		return closing.Case{}, err
	}
	return caseOf(name, text)
}

// flagFact reads a flag that may be empty, which means unknown.
func flagFact(flag, value, yes, no string) (dispute.Maybe[bool], error) {
	switch value {
	case "":
		return dispute.Maybe[bool]{}, nil
	case yes, no:
		return dispute.Known(value == yes), nil
	}
	return dispute.Maybe[bool]{}, cli.Fail(cli.Misused, "use "+yes+" or "+no, "%s %q is neither", flag, value)
}

// The modes of a key.
const (
	liveKey = "live"
	testKey = "test"
)

// keyMode returns the mode of the key that the closer would have, and notes what is assumed.
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
