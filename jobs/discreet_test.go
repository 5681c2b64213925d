package jobs_test

import (
	"strings"
	"testing"

	"luukku/base/i18n"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/notify"
)

// Where the policy says that messages tell nothing, no message of any occasion, channel and language names a service, an office or its street; and where it does
// not, some do, so that the test sees them.
func TestDiscreetMessagesNameNothing(t *testing.T) {
	t.Parallel()
	for _, discreet := range []bool{true, false} {
		c := townOf(t, func(o *blueprint.Organisation) {
			o.Wordings = nil
			if discreet {
				o.SetPolicy("", "", catalog.Settings{"notice_content": 1})
			}
		})
		told := map[notify.Channel]int{}
		for _, o := range notify.Occasions {
			for _, l := range i18n.Languages() {
				s := specimen(t, c, o, l.Code)
				for ch, text := range map[notify.Channel]string{notify.Email: s.Subject + "\n" + s.Mail, notify.SMS: s.SMS} {
					for _, name := range confidential(c, l.Code) {
						if !strings.Contains(strings.ToLower(text), strings.ToLower(name)) {
							continue
						}
						told[ch]++
						if discreet {
							t.Errorf("%s by %s in %s names %q:\n%s", o, ch, l.Code, name, text)
						}
					}
				}
			}
		}
		if !discreet && (told[notify.Email] < 20 || told[notify.SMS] < 10) {
			t.Errorf("messages that may tell name things %v times: what is looked for is not what they say", told)
		}
	}
}

// confidential are the names that tell what somebody comes for, and where.
func confidential(c *catalog.Config, l i18n.Lang) []string {
	var out []string
	for i := range c.Services {
		out = append(out, c.Services[i].Name.In(l))
	}
	for i := range c.Offices {
		out = append(out, c.Offices[i].Name.In(l))
		if street := c.Offices[i].Street.In(l); street != "" {
			out = append(out, street)
		}
	}
	return out
}
