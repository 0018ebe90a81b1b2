-- The text `campaign` of the data, by which what came of it is counted; NULL where none was given. Indexed, so that a campaign is found however much was sent since.
ALTER TABLE notification ADD COLUMN campaign TEXT;

UPDATE notification SET campaign = json_extract(data, '$.campaign')
WHERE data LIKE '%"campaign"%' AND json_type(data, '$.campaign') = 'text' AND length(json_extract(data, '$.campaign')) BETWEEN 1 AND 100;

CREATE INDEX notification_campaign ON notification (campaign, id) WHERE campaign IS NOT NULL;
