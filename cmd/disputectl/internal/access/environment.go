package access

import (
	"fmt"
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
)

// Environment is one of samconfig.toml: what is deployed, and where.
type Environment struct {
	Name, Stack string
	// Region and Profile are empty if the file leaves them to the shell.
	Region, Profile string
	// Parameters are the template's, as far as the file sets them.
	Parameters map[string]string
}

// ReadEnvironment reads an environment of the working directory's samconfig.toml. Its error is an ExitError.
func ReadEnvironment(console *cli.Console, name string) (Environment, error) {
	file, err := parseSamconfig(console)
	if err != nil {
		return Environment{}, err
	}
	setting := func(key string) any {
		if value := within(file[name], "deploy", "parameters", key); value != nil {
			return value
		}
		return within(file[name], "global", "parameters", key)
	}
	text := func(key string) string { s, _ := setting(key).(string); return s }
	e := Environment{Name: name, Stack: text("stack_name"), Region: text("region"), Profile: text("profile")}
	if e.Stack == "" {
		next := "add it, or work in the folder that has the template"
		if choices := samconfigOf(file).names(); choices != "" {
			next = "use " + choices + ", or add it there"
		}
		return e, cli.Fail(cli.Misused, next, "%s has no environment %q with a stack_name", samconfigFile, name)
	}
	e.Parameters, err = overrides(setting("parameter_overrides"))
	if err != nil {
		return e, cli.Fail(cli.Misused, `write it as a list, such as ["DataPolicy=Retain"]`, "parameter_overrides of %s in %s: %w", name, samconfigFile, err)
	}
	return e, nil
}

// overrides reads the template's parameters from a list of NAME=VALUE, or from a text with a blank between them.
func overrides(value any) (map[string]string, error) {
	var pairs []string
	switch value := value.(type) {
	case nil:
	case string:
		pairs = strings.Fields(value)
	case []any:
		for _, one := range value {
			pairs = append(pairs, fmt.Sprint(one))
		}
	default:
		return nil, fmt.Errorf("it is neither a list nor a text")
	}
	parameters := map[string]string{}
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%q is not NAME=VALUE", pair)
		}
		parameters[name] = strings.Trim(value, `"'`)
	}
	return parameters, nil
}
