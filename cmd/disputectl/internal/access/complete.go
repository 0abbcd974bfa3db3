package access

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
)

// What a completion asks the table for: a shell waits for it while a person types.
const (
	completedCases = 500
	completionTime = 3 * time.Second
)

// Completion completes a word of the command line. It is silent if what it would ask does not answer.
type Completion = func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective)

// CompleteIDs completes the ids of the unfinished cases that the arguments do not name yet.
func CompleteIDs(env *Env, s *Site) Completion {
	return func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var ids []cobra.Completion
		env.eachCompleted(cmd.Context(), *s, func(c closing.Case) {
			if id := string(c.ID); strings.HasPrefix(id, word) && !slices.Contains(args, id) {
				ids = append(ids, described(id, view.Amount(c.Dispute)+", "+string(c.State)))
			}
		})
		return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
}

// CompleteOneID completes the id of a command that takes one.
func CompleteOneID(env *Env, s *Site) Completion {
	all := CompleteIDs(env, s)
	return func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return all(cmd, args, word)
	}
}

// CompleteRules completes the rules that decided unfinished cases.
func CompleteRules(env *Env, s *Site) Completion {
	return func(cmd *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		rules := map[string]bool{}
		env.eachCompleted(cmd.Context(), *s, func(c closing.Case) {
			if d := c.Decision; d != nil && d.Rule != "" && strings.HasPrefix(d.Rule, word) {
				rules[screen.Line(d.Rule)] = true
			}
		})
		return slices.Sorted(maps.Keys(rules)), cobra.ShellCompDirectiveNoFileComp
	}
}

// CompleteCurrencies completes the codes of ISO 4217.
func CompleteCurrencies(_ *cobra.Command, _ []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
	codes := slices.DeleteFunc(currency.Codes(), func(code string) bool { return !strings.HasPrefix(code, strings.ToLower(word)) })
	return codes, cobra.ShellCompDirectiveNoFileComp
}

// CompleteStacks completes the environments of samconfig.toml.
func (e *Env) CompleteStacks(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names, err := readSamconfig(&e.Console)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp // The command itself says what is wrong with it.
	}
	var all []cobra.Completion
	for _, environment := range slices.Sorted(maps.Keys(names)) {
		all = append(all, described(environment, names[environment]))
	}
	return all, cobra.ShellCompDirectiveNoFileComp
}

func described(word, text string) cobra.Completion {
	return cobra.CompletionWithDesc(screen.Line(word), screen.Line(text))
}

// eachCompleted visits unfinished cases as far as the table gives them in time.
func (e *Env) eachCompleted(ctx context.Context, s Site, visit func(closing.Case)) {
	ctx, cancel := context.WithTimeout(ctx, completionTime)
	defer cancel()
	desk, err := e.Open(ctx, s)
	if err != nil {
		return // A completion has nowhere to say that.
	}
	_, _ = EachCase(ctx, desk, desk.Table, completedCases, func(c closing.Case) error { // What was read is offered.
		visit(c)
		return nil
	})
}
