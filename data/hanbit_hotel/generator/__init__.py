"""Make the sample client Hanbit Hotels, an invented hotel group, with everything about it known.

Nothing here describes a real company or person. What is planted, and by which model, stands in the modules
that plant it; every planted number is a constant of `planted`, `questionnaire` or `business`, from where the
truth file takes it:

- `people`   true persons, their households and segments
- `stays`    purchases: BG/NBD with Gamma-Gamma spend, cancellations and refunds
- `lists`    records of the persons in seven customer lists, with duplicates and errors (`slips`)
- `contacts` and `acquisition`   what reached whom, and what it cost
- `survey`, `outcomes`, `comments`   two waves of an experience survey against three competitors
- `choices`  a choice-based conjoint and best-worst tasks from individual part-worths
- `campaigns`, `kpis`, `initiatives`   experiments, indicators with lead and lag, pilots

Every module draws from a stream of its own, so that a change in one leaves the others as they were.
"""
