"""The pages of needs: the resident's and the social worker's."""
