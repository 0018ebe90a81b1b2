-- The text `campaign` of the data, by which what came of it is counted; NULL where none was given. Indexed, so that a campaign is found however much was sent since.
ALTER TABLE notification ADD COLUMN campaign text;

UPDATE notification SET campaign = data::json ->> 'campaign'
WHERE data LIKE '%"campaign"%' AND json_typeof(data::json -> 'campaign') = 'string' AND char_length(data::json ->> 'campaign') BETWEEN 1 AND 100;

CREATE INDEX notification_campaign ON notification (campaign, id) WHERE campaign IS NOT NULL;
