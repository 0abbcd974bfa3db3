package dispute_test

import (
	"errors"
	"strings"
	"testing"

	"disputecloser/shared/dispute"
)

func TestAnIDHasALimit(t *testing.T) {
	if err := dispute.CheckID(dispute.ID(strings.Repeat("9", dispute.MaxID))); err != nil {
		t.Error(err)
	}
	if err := dispute.CheckID(strings.Repeat("9", dispute.MaxID+1)); !errors.Is(err, dispute.ErrLongID) {
		t.Errorf("%v", err)
	}
}
