"""The city as it was: any moment that the journal still reaches, the changes between two moments, and where they lie.

A moment is a sequence of the journal. What a viewer sees of it is what they may see, by the departments and zones that
objects had then.
"""
