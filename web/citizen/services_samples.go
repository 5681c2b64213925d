package citizen

import (
	"slices"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/web"
)

func servicesSamples() []web.Sample {
	search := func(query string) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			if query == "passport" { // what people call it in their language
				query := c.Services[0].Name.In(b.Lang)
				return ShowServices(newServicesPage(b, c, query, ""))
			}
			return ShowServices(newServicesPage(b, c, query, ""))
		}
	}
	return []web.Sample{
		sample("services", "", search("")),
		sample("services", "found", search("passport")),
		sample("services", "none-found", search("qwertzuiop")),
		sample("services", "few-topics", func(b web.Base) web.Component { return ShowServices(newServicesPage(b, twoTopics(), "", "")) }),
		sample("topic", "", func(b web.Base) web.Component {
			c := twoTopics()
			return ShowTopic(newTopicPage(b, c, topics(b, c)[0], ""))
		}),
	}
}

// twoTopics is the small town without the service that is under no topic.
func twoTopics() *catalog.Config {
	c := sampleConfig()
	c.Services = slices.DeleteFunc(c.Services, func(s catalog.Service) bool { return s.Category == "" })
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error())
	}
	return c
}

func serviceSamples() []web.Sample {
	show := func(id ids.Service) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			s, err := c.Service(id)
			if err != nil {
				panic("samples: " + err.Error())
			}
			return ShowService(newServicePage(b, c, s, ""))
		}
	}
	return []web.Sample{
		sample("service", "", show("passport")),
		sample("service", "not-held", show("name-change")),
		sample("service", "by-phone", show("parking")),
		sample("service", "nowhere", show("lost-property")),
	}
}
