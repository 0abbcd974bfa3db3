package access

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"disputecloser/cmd/disputectl/internal/cli"
)

// samconfigFile is where the SAM CLI keeps the names of the stacks that it deploys, one for each environment.
const samconfigFile = "samconfig.toml"

// samconfig holds the stacks' names by the names of their environments.
type samconfig map[string]string

// readSamconfig reads the stacks' names in the samconfig.toml of the working directory; without one there are none.
func readSamconfig(console *cli.Console) (samconfig, error) {
	file, err := parseSamconfig(console)
	if file == nil || err != nil {
		return nil, err
	}
	return samconfigOf(file), nil
}

// parseSamconfig reads the samconfig.toml of the working directory; without one it is nil.
func parseSamconfig(console *cli.Console) (map[string]any, error) {
	text, err := os.ReadFile(console.Path(samconfigFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var file map[string]any
	if err == nil {
		err = toml.Unmarshal(text, &file)
	}
	if err != nil {
		return nil, cli.Fail(cli.Misused, "correct it", "the stacks' names in "+samconfigFile+" cannot be read: %w", cli.WithoutPath(err))
	}
	return file, nil
}

func samconfigOf(file map[string]any) samconfig {
	names := samconfig{}
	for environment, commands := range file {
		for _, command := range []string{"deploy", "global"} { // the command's own parameters outrank those of all
			if name, ok := within(commands, command, "parameters", "stack_name").(string); ok && name != "" {
				names[environment] = name
				break
			}
		}
	}
	return names
}

// within returns what is below the keys in nested tables; nil if there is nothing.
func within(value any, keys ...string) any {
	for _, key := range keys {
		table, _ := value.(map[string]any)
		value = table[key]
	}
	return value
}

// stack returns the stack of an environment, or what is given if no environment has that name.
func (s samconfig) stack(given string) string {
	if name := s[given]; name != "" {
		return name
	}
	return given
}

// only returns the name of the stack if all environments have the same, and otherwise nothing.
func (s samconfig) only() string {
	names := slices.Compact(slices.Sorted(maps.Values(s)))
	if len(names) != 1 {
		return ""
	}
	return names[0]
}

// names lists the environments.
func (s samconfig) names() string { return strings.Join(slices.Sorted(maps.Keys(s)), " or ") }

// choices names the environments as flags, such as --stack live or --stack test.
func (s samconfig) choices() string {
	var flags []string
	for _, environment := range slices.Sorted(maps.Keys(s)) {
		flags = append(flags, "--stack "+environment)
	}
	return strings.Join(flags, " or ")
}
