package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
)

// Choose says what to write in place of a word that is none of the words: the one that was probably meant, or any of them.
func Choose(given string, words []string) string {
	if near := analysis.Nearest(given, words); near != "" {
		return "did you mean " + near + "?"
	}
	return "use one of " + strings.Join(words, ", ")
}

// FlagError is the error of a wrong flag. It suggests the flag that was probably meant.
func FlagError(cmd *cobra.Command, err error) error {
	next := "see `" + cmd.CommandPath() + " --help`"
	if given, unknown := strings.CutPrefix(err.Error(), "unknown flag: --"); unknown {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := analysis.Nearest(given, names); near != "" {
			next = "did you mean --" + near + "?"
		}
	}
	return Fail(Misused, next, "%s", OneLine(err.Error()))
}
