package policies

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/source/schema"
)

func schemaCommand(console *cli.Console) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the policy file",
		Long: `Print the JSON Schema (draft 2020-12) of the policy file, by which editors complete and check
it. An editor with a YAML language server finds it by the file's first line:

  ` + schema.Comment + `

A schema checks only the form: ` + "`policy check`" + ` finds what is wrong with the rules together.`,
		Example: `  disputectl policy schema > ` + schema.Name,
		Args:    cobra.NoArgs,
		RunE: cli.RunE(func(*cobra.Command, []string) error {
			_, err := console.Data().Write(schema.JSON())
			return err
		}),
	}
}
