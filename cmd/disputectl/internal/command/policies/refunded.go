package policies

import (
	"slices"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// charges are the values of --refunded, which refundedWords lists for a person.
var charges = []string{string(replay.Refunded), string(replay.NotRefunded), string(replay.RefundUnknown)}

const refundedWords = "true, false or unknown"

// refundedFlag adds --refunded, which means the same in explain, diff and backtest: what the closer would learn from the
// charge.
func refundedFlag(cmd *cobra.Command, to *string, otherwise replay.Charge) {
	cmd.Flags().StringVar(to, "refunded", string(otherwise), "take the charge as refunded, not refunded or unknown: `true`, false or unknown")
	_ = cmd.RegisterFlagCompletionFunc("refunded", cobra.FixedCompletions(charges, cobra.ShellCompDirectiveNoFileComp)) // The flag is there.
}

// parseRefunded reads the value of --refunded.
func parseRefunded(flag string) (replay.Charge, error) {
	if !slices.Contains(charges, flag) {
		return "", cli.Fail(cli.Misused, "use "+refundedWords, "--refunded %q is not one of them", flag)
	}
	return replay.Charge(flag), nil
}

// assumeRefund sets what explain assumes about the charge, which the closer would read, and notes why.
func assumeRefund(flag string, s *view.Subject) error {
	d := s.Case.Dispute
	note := func(text string) { s.Notes = append(s.Notes, text) }
	if dispute.Is(d.ChargeRefunded, true) {
		note("the dispute's own copy of the charge shows a refund: that counts, whatever a read of the charge says")
	}
	if flag != "" {
		c, err := parseRefunded(flag)
		s.Refunded = c.Fact()
		if c == replay.RefundUnknown {
			s.Silence = "as --refunded says"
		}
		return err
	}
	const try = "; the closer reads it (--refunded true|false|unknown)"
	last := s.Case.Decision
	switch {
	case d.Status.Class() != dispute.Closable || dispute.Is(d.ChargeRefunded, true): // No read changes anything.
	case last != nil && last.Guard == policy.GuardRefunded && len(last.Doubt) == 0:
		s.Refunded = dispute.Known(true)
		note("the charge was refunded at the closer's last look" + try)
	case last != nil && last.Guard == policy.GuardRefunded:
		s.Silence = last.GuardReason
		note("WooshPay did not say at the closer's last look whether the charge was refunded" + try)
	case d.Charge == "":
		s.Silence = "the dispute names no charge"
		note("the dispute names no charge, so nobody can say whether it was refunded (--refunded true|false|unknown)")
	default:
		s.Refunded = dispute.Known(false)
		note("assumed: the charge was not refunded" + try)
	}
	return nil
}
