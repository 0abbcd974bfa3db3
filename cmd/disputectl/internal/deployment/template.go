package deployment

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/goccy/go-yaml"
)

// Template is what is read of the template that a stack was deployed with.
type Template struct {
	Resources map[string]struct {
		Properties struct {
			// TimeoutSeconds is a function's; 0 for any other resource.
			TimeoutSeconds int `yaml:"Timeout"`
		} `yaml:"Properties"`
	} `yaml:"Resources"`
}

// Template reads the template that the stack was deployed with, as CloudFormation carried it out.
func (s Stack) Template(ctx context.Context, stacks Stacks) (Template, error) {
	out, err := stacks.GetTemplate(ctx, &cloudformation.GetTemplateInput{StackName: aws.String(s.Name), TemplateStage: types.TemplateStageProcessed})
	if err != nil {
		return Template{}, fmt.Errorf("read the template of stack %s: %w", s.Name, err)
	}
	var t Template
	if err := yaml.Unmarshal([]byte(aws.ToString(out.TemplateBody)), &t); err != nil { // JSON is YAML, too
		return Template{}, fmt.Errorf("read the template of stack %s: %w", s.Name, err)
	}
	return t, nil
}

// Timeout returns a function's timeout by its name in the template; 0 if the template does not say.
func (t Template) Timeout(logicalID string) time.Duration {
	return time.Duration(t.Resources[logicalID].Properties.TimeoutSeconds) * time.Second
}
